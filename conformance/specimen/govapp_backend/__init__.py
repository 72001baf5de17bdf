"""The backend of a government App: accounts, consent, services, complaints, content, in two shapes of interface."""
