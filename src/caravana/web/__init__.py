"""The planner's pages: an operation in a browser.  A door to what the commands do, with no number of its own."""
