/**
 * The clocks of replicas may differ. A time that a replica wrote and that is at most this far ahead (five minutes, the usual
 * bound of RFC 4120 §1.6) counts as now. A time further ahead means that one of the clocks is wrong, so that nobody knows how
 * old a login is.
 */
export const MAX_CLOCK_SKEW_SECONDS = 300;
