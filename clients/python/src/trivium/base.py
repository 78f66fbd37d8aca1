"""The exceptions of calls."""


class TriviumError(Exception):
    """A failed call. Each code has an exception of its own in `trivium.errors`."""

    code: str
    """The cause, for programs. A code is never renamed or reused."""
    message: str
    """The cause, for users."""
    retry_after: int | None
    """Seconds until a retry may succeed, if the service says so."""

    def __init__(self, code: str, message: str, retry_after: int | None = None) -> None:
        super().__init__(f"{message} ({code})")
        self.code = code
        self.message = message
        self.retry_after = retry_after


class UnexpectedResponse(Exception):
    """A response that is not one of the service: of a proxy, for instance."""

    status: int
    """The HTTP status."""

    def __init__(self, status: int) -> None:
        super().__init__(f"the response with status {status} is not one of the service")
        self.status = status
