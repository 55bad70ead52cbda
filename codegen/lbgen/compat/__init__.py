"""The compatibility checker: is a change of a contract safe for whoever reads and fires?

`docs/design/compatibility.md` derives the rules; `decide` is the order of the layers.
"""
