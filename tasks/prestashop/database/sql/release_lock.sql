SELECT release_lock(%(name)s)
