"""The pictures of docs/web-ui.md, and what takes them."""
