"""How anything is trained; knows no stage."""
