"""The networks of the paper, Style-E and Style-A, and what trains and exports them."""
