/** The state machine of a flow: the verdict of each state on each action. */
import type { FlowState } from './flow.js';

export type FlowAction =
  'read_login' | 'answer_login' | 'bring_login_verifier' | 'read_consent' | 'answer_consent' | 'bring_consent_verifier';

/**
 * - `proceed`: the action is allowed now.
 * - `too_early`: its step was not reached. No one can know the handle yet, so it is treated as unknown.
 * - `repeat`: it was done before; the response is repeated, nothing is written.
 * - `gone`: it is too late for the action.
 */
type Verdict = 'proceed' | 'too_early' | 'repeat' | 'gone';

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
