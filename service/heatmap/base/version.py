"""The version of the model: it changes whenever the same inputs would give another map."""

MODEL_VERSION = "1.0.0"
