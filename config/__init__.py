"""config.toml read into frozen values, or every mistake in it. Nothing here acts on them."""

from config.advice import check
from config.mistakes import Advice, Mistake, Mistakes
from config.read import read
from config.values import Config, Officer, Server

__all__ = ["Advice", "Config", "Mistake", "Mistakes", "Officer", "Server", "check", "read"]
