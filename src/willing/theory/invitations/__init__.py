"""Public invitations one after another, to partners who alone know what fighting costs them."""
