-- one's own connections may be ended without any right
KILL %(id)s
