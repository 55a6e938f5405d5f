import type { FallbackTexts } from './fallback-texts.js';

export const de: FallbackTexts = {
  login: {
    title: 'Es gibt noch keine Anmeldeseite',
    text: 'Eine Anwendung bittet Sie, sich anzumelden. Dafür ist eine Anmelde-App da, und dieser Server kennt keine.',
  },
  consent: {
    title: 'Es gibt noch keine Seite für die Zustimmung',
    text: 'Sie sind angemeldet. Zu fragen, was eine Anwendung darf, ist Sache einer Zustimmungs-App, und dieser Server kennt keine.',
  },
  logout: {
    title: 'Es gibt noch keine Abmeldeseite',
    text: 'Sie sind dabei, sich abzumelden. Zu fragen, ob Sie das wollen, ist Sache einer Abmeldeseite, und dieser Server kennt keine.',
  },
  loggedOut: {
    title: 'Sie sind abgemeldet',
    text: 'Sie können dieses Fenster schließen. Es ist keine Seite eingerichtet, die nach dem Abmelden erscheint.',
  },
  device: {
    title: 'Es gibt noch keine Seite für den Code eines Geräts',
    text: 'Ein Gerät bittet Sie, es zu verbinden. Seinen Code nimmt eine Seite entgegen, die dieser Server nicht kennt.',
  },
  deviceDone: {
    title: 'Ihr Gerät ist verbunden',
    text: 'Sie können dieses Fenster schließen und am Gerät weitermachen. Es ist keine Seite eingerichtet, die das sagt.',
  },
  error: {
    title: 'Etwas ist schiefgegangen',
    text: 'Die Anfrage der Anwendung konnte nicht beantwortet und auch nicht an sie zurückgegeben werden.',
    name: 'Fehler',
    description: 'Beschreibung',
    hint: 'Hinweis',
    unknown: 'unbekannt',
    noDescription: 'Es wurde keine Beschreibung angegeben.',
    advice:
      'Gehen Sie zurück zur Anwendung und versuchen Sie es noch einmal. Geschieht es wieder, sagen Sie denen, die sie betreiben, was Sie hier lesen.',
  },
  operator:
    'Sie betreiben diesen Server? Setzen Sie {key} in seiner Konfiguration (oder {variable} in seiner Umgebung) auf die Adresse Ihrer eigenen Seite, dann erscheint diese hier nicht mehr.',
};
