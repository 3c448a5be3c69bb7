SELECT get_lock(%(name)s, %(seconds)s), is_used_lock(%(name)s)
