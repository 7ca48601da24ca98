"""One file a command: a plain function, values in, exit status out; its annotations say how to give them."""
