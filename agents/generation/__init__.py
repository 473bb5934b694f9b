"""An answer: what a model is asked, the tools it calls, who decides about them, and who answers if it cannot."""
