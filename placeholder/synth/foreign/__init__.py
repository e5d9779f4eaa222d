"""Foreign grammars: rules that turn a peer's URL into one of ours, so that pages written for a peer go on showing pictures.

A grammar takes a request's target as it is sent (path and query) and gives one of our own targets, or None where the
peer never had such a URL. It raises BadParameter where the path is the peer's and a parameter cannot be read. One file a
peer, each with its table of what is drawn, what is left out and what is refused; peers.py lists them.

Left out is what decorates (fonts, blur, corners); refused is what would be another picture altogether. Sizes are clamped as
ours are.
"""
