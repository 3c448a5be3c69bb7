SELECT version(), database(), current_user()
