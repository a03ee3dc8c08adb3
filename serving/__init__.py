"""The web page and the REST interface over a trained bundle."""
