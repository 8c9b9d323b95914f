"""Commands around a run: what is done before the first one, and pieces of one put together."""
