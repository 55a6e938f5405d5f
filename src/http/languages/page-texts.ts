/** The texts of the built-in pages, in one language. Everything is plain text: it is escaped where it is shown. */
export interface PageTexts {
  /** BCP 47 tag. */
  lang: string;
  login: PageText;
  consent: PageText;
  logout: PageText;
  loggedOut: PageText;
  device: PageText;
  deviceDone: PageText;
  /** The page of the OAuth error whose names and descriptions stay those of the protocol. */
  error: PageText & {
    name: string;
    description: string;
    hint: string;
    unknown: string;
    noDescription: string;
    advice: string;
  };
  /** For who runs the server; `{key}` and `{variable}` stand for names. */
  operator: string;
  /** A fault that is shown with its own status. */
  fault: { title: string };
  notFound: PageText;
  leaving: PageText & { next: string };
}

export interface PageText {
  title: string;
  text: string;
}
