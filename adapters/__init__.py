"""One adapter per framework, each importable by itself inside that framework's environment."""
