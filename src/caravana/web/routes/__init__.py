"""What is asked for by which address: the pages, and the HTTP API that they and programs use."""
