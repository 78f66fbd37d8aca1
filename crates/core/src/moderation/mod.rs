//! Operations of moderators and owners on members and requests.
