import type { Language } from '../../http/replies/page-language.js';

interface FrontChannelTexts {
  title: string;
  text: string;
  /** The link for a browser without scripts. */
  next: string;
}

export const FRONT_CHANNEL_TEXTS: Readonly<Record<Language, FrontChannelTexts>> = {
  en: {
    title: 'Logging out',
    text: 'You are being logged out of the applications that you used.',
    next: 'Continue',
  },
  de: {
    title: 'Abmeldung',
    text: 'Sie werden von den Anwendungen abgemeldet, die Sie benutzt haben.',
    next: 'Weiter',
  },
  fr: {
    title: 'Déconnexion',
    text: 'Vous êtes en train d’être déconnecté des applications que vous avez utilisées.',
    next: 'Continuer',
  },
  es: {
    title: 'Cierre de sesión',
    text: 'Se está cerrando su sesión en las aplicaciones que ha usado.',
    next: 'Continuar',
  },
};
