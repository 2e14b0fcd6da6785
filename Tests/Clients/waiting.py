"""Waiting for the page, in any browser."""


class Waiting:
    """What a browser with `evaluate` can wait for."""

    def wait(self, condition, seconds=30):
        """Returns when a JavaScript condition holds in the page, with its value."""
        value = self.evaluate(
            f"new Promise((found) => {{ const end = performance.now() + {seconds * 1000}; const look = () => {{"
            f" const value = ({condition}); if (value || performance.now() > end) found(value);"
            " else setTimeout(look, 30); }; look(); })")
        if not value:
            raise AssertionError(f"not within {seconds} s: {condition}\nthe page shows: {self.evaluate('document.body.innerText')}")
        return value
