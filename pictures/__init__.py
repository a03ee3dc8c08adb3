"""What people look at: every plot and panel, and the only home of matplotlib."""
