import type { FallbackTexts } from './fallback-texts.js';

export const es: FallbackTexts = {
  login: {
    title: 'Todavía no hay una página de inicio de sesión',
    text: 'Una aplicación le pide que inicie sesión. De eso se encarga una aplicación propia, y este servidor no conoce ninguna.',
  },
  consent: {
    title: 'Todavía no hay una página de consentimiento',
    text: 'Ha iniciado sesión. De preguntar qué puede hacer una aplicación se encarga una aplicación de consentimiento, y este servidor no conoce ninguna.',
  },
  logout: {
    title: 'Todavía no hay una página de cierre de sesión',
    text: 'Está a punto de cerrar la sesión. De preguntarle si quiere hacerlo se encarga una página propia, y este servidor no conoce ninguna.',
  },
  loggedOut: {
    title: 'Ha cerrado la sesión',
    text: 'Puede cerrar esta ventana. No hay ninguna página configurada para después de cerrar la sesión.',
  },
  device: {
    title: 'Todavía no hay una página para el código de un dispositivo',
    text: 'Un dispositivo le pide que lo conecte. De recibir su código se encarga una página que este servidor no conoce.',
  },
  deviceDone: {
    title: 'Su dispositivo está conectado',
    text: 'Puede cerrar esta ventana y seguir en el dispositivo. No hay ninguna página configurada para decirlo.',
  },
  error: {
    title: 'Algo ha salido mal',
    text: 'No se pudo responder a la solicitud de la aplicación ni devolvérsela.',
    name: 'Error',
    description: 'Descripción',
    hint: 'Sugerencia',
    unknown: 'desconocido',
    noDescription: 'No se dio ninguna descripción.',
    advice:
      'Vuelva a la aplicación e inténtelo de nuevo. Si ocurre otra vez, diga a quienes la administran lo que lee aquí.',
  },
  operator:
    '¿Administra usted este servidor? Ponga en {key} de su configuración (o en {variable} de su entorno) la dirección de su propia página, y esta dejará de mostrarse.',
};
