/** The state machine of a flow: what each state says to each thing that somebody may do. */
import type { FlowState } from './flow.js';

export type FlowAction =
  'read_login' | 'answer_login' | 'bring_login_verifier' | 'read_consent' | 'answer_consent' | 'bring_consent_verifier';

/**
 * - `proceed`: it is done now.
 * - `too_early`: its step was not reached; the handle could not be known yet, so it counts as unknown.
 * - `repeat`: it was done before; the same answer again, nothing is written.
 * - `gone`: too late.
 */
export type Verdict = 'proceed' | 'too_early' | 'repeat' | 'gone';

const TABLE: Record<FlowState, Record<FlowAction, Verdict>> = {
  login_asked: {
    read_login: 'proceed',
    answer_login: 'proceed',
    bring_login_verifier: 'too_early',
    read_consent: 'too_early',
    answer_consent: 'too_early',
    bring_consent_verifier: 'too_early',
  },
  login_answered: {
    read_login: 'proceed',
    answer_login: 'proceed', // the last answer counts
    bring_login_verifier: 'proceed',
    read_consent: 'too_early',
    answer_consent: 'too_early',
    bring_consent_verifier: 'too_early',
  },
  consent_asked: {
    read_login: 'proceed',
    answer_login: 'gone',
    bring_login_verifier: 'repeat', // reload, back button
    read_consent: 'proceed',
    answer_consent: 'proceed',
    bring_consent_verifier: 'too_early',
  },
  consent_answered: {
    read_login: 'proceed',
    answer_login: 'gone',
    bring_login_verifier: 'repeat',
    read_consent: 'proceed',
    answer_consent: 'proceed', // the last answer counts
    bring_consent_verifier: 'proceed',
  },
  ended: {
    read_login: 'gone',
    answer_login: 'gone',
    bring_login_verifier: 'repeat',
    read_consent: 'gone',
    answer_consent: 'gone',
    bring_consent_verifier: 'repeat',
  },
};

export function verdict(state: FlowState, action: FlowAction): Verdict {
  return TABLE[state][action];
}
