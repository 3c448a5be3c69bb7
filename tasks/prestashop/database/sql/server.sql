SELECT version(), database(), current_user(), @@hostname, @@port
