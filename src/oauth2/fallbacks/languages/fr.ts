import type { FallbackTexts } from './fallback-texts.js';

export const fr: FallbackTexts = {
  login: {
    title: 'Il n’y a pas encore de page de connexion',
    text: 'Une application vous demande de vous connecter. C’est le rôle d’une application de connexion, et ce serveur n’en connaît aucune.',
  },
  consent: {
    title: 'Il n’y a pas encore de page de consentement',
    text: 'Vous êtes connecté. Demander ce qu’une application a le droit de faire est le rôle d’une application de consentement, et ce serveur n’en connaît aucune.',
  },
  logout: {
    title: 'Il n’y a pas encore de page de déconnexion',
    text: 'Vous êtes sur le point de vous déconnecter. Vous demander si vous le voulez est le rôle d’une page de déconnexion, et ce serveur n’en connaît aucune.',
  },
  loggedOut: {
    title: 'Vous êtes déconnecté',
    text: 'Vous pouvez fermer cette fenêtre. Aucune page n’est configurée pour la suite d’une déconnexion.',
  },
  device: {
    title: 'Il n’y a pas encore de page pour le code d’un appareil',
    text: 'Un appareil vous demande de le connecter. Recevoir son code est le rôle d’une page que ce serveur ne connaît pas.',
  },
  deviceDone: {
    title: 'Votre appareil est connecté',
    text: 'Vous pouvez fermer cette fenêtre et continuer sur l’appareil. Aucune page n’est configurée pour le dire.',
  },
  error: {
    title: 'Quelque chose n’a pas fonctionné',
    text: 'Il n’a pas été possible de répondre à la demande de l’application, ni de la lui renvoyer.',
    name: 'Erreur',
    description: 'Description',
    hint: 'Conseil',
    unknown: 'inconnue',
    noDescription: 'Aucune description n’a été donnée.',
    advice:
      'Retournez à l’application et réessayez. Si cela se reproduit, dites à ceux qui la gèrent ce que vous lisez ici.',
  },
  operator:
    'Vous gérez ce serveur ? Donnez à {key} dans sa configuration (ou à {variable} dans son environnement) l’adresse de votre propre page, et celle-ci ne sera plus affichée.',
};
