import type { FallbackTexts } from './fallback-texts.js';

export const en: FallbackTexts = {
  login: {
    title: 'There is no login page yet',
    text: 'An application asked you to log in. Logging in is the work of a login app, and this server does not know one.',
  },
  consent: {
    title: 'There is no consent page yet',
    text: 'You are logged in. Asking what an application may do is the work of a consent app, and this server does not know one.',
  },
  logout: {
    title: 'There is no logout page yet',
    text: 'You are about to log out. Asking whether you want to is the work of a logout page, and this server does not know one.',
  },
  loggedOut: {
    title: 'You are logged out',
    text: 'You may close this window. No page is configured to go to after a logout.',
  },
  device: {
    title: 'There is no page for the code of a device yet',
    text: 'A device asked you to connect it. Taking its code is the work of a page that this server does not know.',
  },
  deviceDone: {
    title: 'Your device is connected',
    text: 'You may close this window and go on at the device. No page is configured to say so.',
  },
  error: {
    title: 'Something went wrong',
    text: "The application's request could not be answered, and could not be sent back to it either.",
    name: 'Error',
    description: 'Description',
    hint: 'Hint',
    unknown: 'unknown',
    noDescription: 'No description was given.',
    advice: 'Go back to the application and try again. If it happens again, tell those who run it what you read here.',
  },
  operator:
    'You run this server? Set {key} in its configuration (or {variable} in its environment) to the address of your own page, and this one is not shown any more.',
};
