/** The application: signs in by redirect, keeps the tokens in local storage, renews them before they expire. */
const { IndexedDbDPoPStore, UserManager, WebStorageStateStore } = window.oidc;
const server = await (await fetch('/settings.json')).json();
/** Seconds before the end of a token at which it is renewed; the driver of this page shortens the wait by it. */
const notice = new URLSearchParams(location.search).get('notice');

/** Whether tokens are bound to a key of this browser (RFC 9449). The library asks userinfo with a bearer token even then. */
const isBound = localStorage.getItem('bound') !== null;
const binding = { dpop: { store: new IndexedDbDPoPStore(), bind_authorization_code: true }, loadUserInfo: false };

const manager = new UserManager({
  ...server,
  userStore: new WebStorageStateStore({ store: localStorage }),
  loadUserInfo: true,
  ...(isBound && binding),
  automaticSilentRenew: notice !== null,
  accessTokenExpiringNotificationTimeInSeconds: Number(notice ?? 60),
});
const heard = [];
manager.events.addUserLoaded(() => heard.push({ event: 'userLoaded' }));
manager.events.addSilentRenewError(({ error, message }) => heard.push({ event: 'silentRenewError', error, message }));
manager.events.addUserSignedOut(() => heard.push({ event: 'userSignedOut' }));

/** For the driver. */
window.app = { manager, heard };

const show = (text) => (document.querySelector('#state').textContent = text);
if (location.pathname === '/callback') {
  await manager.signinRedirectCallback();
  history.replaceState(null, '', '/');
}
if (location.pathname === '/signed-out') await manager.signoutRedirectCallback();
const user = await manager.getUser();
show(user ? `Hello, ${user.profile.name}` : 'Nobody is signed in');
