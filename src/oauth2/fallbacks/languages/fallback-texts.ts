/** The texts of the pages that stand where the operator has configured none. Plain text: it is escaped where it is shown. */

export interface FallbackTexts {
  login: PageText;
  consent: PageText;
  logout: PageText;
  loggedOut: PageText;
  device: PageText;
  deviceDone: PageText;
  /** The page of the OAuth error, whose names and descriptions stay those of the protocol. */
  error: PageText & {
    name: string;
    description: string;
    hint: string;
    unknown: string;
    noDescription: string;
    advice: string;
  };
  /** For whoever runs the server; `{key}` and `{variable}` stand for names. */
  operator: string;
}

interface PageText {
  title: string;
  text: string;
}
