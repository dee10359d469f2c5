"""BadInput: the one error that the caller of the model or of the API can do something about.

Any other exception that the model raises, ValueError included, is a mistake in the code and must not be taken
for one of the caller's.
"""


class BadInput(ValueError):
    """A value that the caller chose cannot be used.

    Any other exception that the model raises, ValueError included, is a mistake in the code.

    Parameters
    ----------
    field : str
        The argument, by the name that the caller knows.
    message : str
        What is wrong with it, as a sentence without its full stop.
    allowed : str, optional
        What can be used in its place, where the message does not say so.
    """

    def __init__(self, field: str, message: str, allowed: str = "") -> None:
        """Keep the field apart from what is said of it."""
        super().__init__(f"{field}: {message}")
        self.field, self.message, self.allowed = field, message, allowed

    @property
    def sentence(self) -> str:
        """Return the message as a sentence, followed by what is allowed."""
        said = f"{self.message[:1].upper()}{self.message[1:]}."
        return f"{said} Allowed: {self.allowed}." if self.allowed else said
