//! Calls through the real router.
