"""The devices that stand beside a screen. Knows bytes and pictures, and nothing of the hall."""
