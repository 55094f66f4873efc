"""Files for people who read paper or spreadsheets: made of reports, nothing else."""

from sheets.errors import SheetError
from sheets.files import BINARY, FORMATS, file_name, render, write

__all__ = ["BINARY", "FORMATS", "SheetError", "file_name", "render", "write"]
