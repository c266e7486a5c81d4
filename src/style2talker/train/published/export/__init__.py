"""A checkpoint of Style-E or Style-A -> ONNX files that the product runs without PyTorch."""
