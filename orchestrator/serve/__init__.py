"""The HTTP door for what comes in from outside: signed links, webhooks, mail. It keeps no state of its own."""
