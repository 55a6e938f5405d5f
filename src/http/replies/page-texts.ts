/** The texts of the pages that any route may answer with. Plain text: it is escaped where it is shown. */
import type { Language } from './page-language.js';

interface PageTexts {
  /** An error that is shown with its own status. */
  fault: { title: string };
  notFound: { title: string; text: string };
}

export const PAGE_TEXTS: Readonly<Record<Language, PageTexts>> = {
  en: {
    fault: { title: 'This did not work' },
    notFound: {
      title: '404 Not Found',
      text: 'This server has no such route: check the path, the method, and whether the port is the right one.',
    },
  },
  de: {
    fault: { title: 'Das hat nicht geklappt' },
    notFound: {
      title: '404 Nicht gefunden',
      text: 'Diesen Weg gibt es auf diesem Server nicht: Prüfen Sie den Pfad, die Methode und ob der Port der richtige ist.',
    },
  },
  fr: {
    fault: { title: 'Cela n’a pas fonctionné' },
    notFound: {
      title: '404 Introuvable',
      text: 'Ce serveur ne connaît pas cette adresse : vérifiez le chemin, la méthode et le port.',
    },
  },
  es: {
    fault: { title: 'Esto no ha funcionado' },
    notFound: {
      title: '404 No encontrado',
      text: 'Este servidor no tiene esa ruta: compruebe la ruta, el método y si el puerto es el correcto.',
    },
  },
};
