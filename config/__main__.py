"""Asks for a PIN and prints the hash to write into config.toml: `python -m config`."""

from getpass import getpass

from config.pins import hash_pin

if __name__ == "__main__":
    print(hash_pin(getpass("PIN: ")))
