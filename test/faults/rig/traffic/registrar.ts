/** Clients that are created and deleted, and the tokens that they get for themselves. */
import type { Random } from '../random.js';
import type { World } from '../world.js';
import { Application } from './application.js';

export class Registrar {
  constructor(
    private readonly world: World,
    private readonly random: Random,
  ) {}

  async clientCredentials(app: Application): Promise<void> {
    const { ledger, violations } = this.world;
    const { answer } = await app.token({ grant_type: 'client_credentials', scope: 'photos' });
    if (answer?.status === 200) {
      ledger.add('access token', String(answer.json.access_token), [app.fact]);
      ledger.count('tokens told');
    } else if (answer && answer.status !== 500 && app.fact.standing === 'live') {
      violations.add(
        'a client that was registered is not lost',
        `${String(answer.status)} ${answer.text}; ${app.fact.describe()}`,
      );
    }
  }

  /** A client is registered, used, changed, used, and mostly deleted: then none of its tokens is valid. */
  async clientLife(isDeleted = this.random.chance(0.7)): Promise<void> {
    const app = await Application.register(this.world);
    await this.clientCredentials(app);
    await this.rename(app);
    await this.clientCredentials(app);
    if (isDeleted) await this.remove(app);
    this.world.ledger.count('clients registered');
  }

  /** Every server returns the confirmed change. */
  private async rename(app: Application): Promise<void> {
    const { world } = this;
    const name = `name-${String(this.random.between(1, 1e9))}`;
    const patch = [{ op: 'replace', path: '/client_name', value: name }];
    const changed = await world.persist(() => world.admin('PATCH', `/clients/${app.id}`, { json: patch }));
    if (changed.answer?.status !== 200) {
      if (changed.answer)
        world.violations.add('a client can be changed', `${String(changed.answer.status)} ${changed.answer.text}`);
      return;
    }
    const { answer } = await world.persist(() => world.admin('GET', `/clients/${app.id}`));
    if (answer?.status === 200 && answer.json.client_name !== name) {
      world.violations.add(
        'a change that was confirmed is not lost',
        `${String(answer.json.client_name)} in place of ${name}`,
      );
    }
  }

  private async remove(app: Application): Promise<void> {
    const { world } = this;
    app.fact.begin();
    app.fact.doubt('its deletion was asked for');
    const { answer, lost, refused } = await world.persist(() => world.admin('DELETE', `/clients/${app.id}`));
    const done = answer?.status === 204 || ((lost || refused) && answer?.status === 404);
    if (done) app.fact.end('its deletion was confirmed');
    else if (answer) world.violations.add('a client can be deleted', `${String(answer.status)} ${answer.text}`);
    app.fact.done();
    const again = await app.token({ grant_type: 'client_credentials' });
    if (done && again.answer?.status === 200) {
      world.violations.add('a client that was deleted gets no tokens', app.fact.describe());
    }
  }
}
