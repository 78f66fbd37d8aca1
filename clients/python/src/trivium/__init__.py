"""A client of the Trivium group service, in any of its three protocols. It needs only the standard library.

from trivium import Trivium

client = Trivium("http://127.0.0.1:8080", token="123576abcdef6572134")
for group in client.iter_my_groups():
    print(group.name)
"""

from . import errors
from .base import TriviumError, UnexpectedResponse
from .client import Trivium

__all__ = ["Trivium", "TriviumError", "UnexpectedResponse", "errors"]
