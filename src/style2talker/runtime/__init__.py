"""ONNX Runtime: the only room that knows it."""
