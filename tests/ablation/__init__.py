"""Every layer of confinement, tested by taking it away, and by leaving it alone. Print it: make ablation"""
