"""An endpoint that writes text in the form of OpenAI's chat completions, wherever it runs."""
