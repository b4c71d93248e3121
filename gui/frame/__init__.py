"""The frame around the pages: window, rail, menus, tour, help."""
