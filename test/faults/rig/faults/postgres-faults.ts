/** PostgreSQL crashes, freezes, refuses, is full, or fails over. */
import { type Fault, flowsInPostgres, needsPostgres, needsStandby, NOTHING, postgresOf, type Scene } from './fault.js';
import type { Patroni } from '../stores/patroni.js';

function patroniOf({ patroni }: Scene): Patroni {
  if (!patroni) throw new Error('This round has no Patroni.');
  return patroni;
}

const needsPatroni = ({ patroni }: Scene): string | undefined => (patroni ? undefined : 'there is no Patroni');

export const POSTGRES_FAULTS: readonly Fault[] = [
  {
    name: 'postgres: crash',
    obstacle: needsPostgres,
    losesFlows: flowsInPostgres,
    lasts: [300, 2_000],
    strike: async (scene) => {
      const { primary } = postgresOf(scene);
      await primary.kill();
      return () => primary.start();
    },
  },
  {
    name: 'postgres: frozen',
    obstacle: needsPostgres,
    lasts: [1_000, 8_000],
    strike: (scene) => {
      const { primary } = postgresOf(scene);
      primary.freeze();
      return Promise.resolve(() => {
        primary.unfreeze();
      });
    },
  },
  {
    name: 'postgres: read-only',
    obstacle: needsPostgres,
    lasts: [1_000, 4_000],
    strike: async (scene) => {
      const postgres = postgresOf(scene);
      await postgres.readOnly(true);
      return () => postgres.readOnly(false);
    },
  },
  {
    name: 'postgres: out of connections',
    obstacle: needsPostgres,
    lasts: [1_000, 4_000],
    strike: (scene) => postgresOf(scene).exhaust(),
  },
  {
    name: 'postgres: disk full',
    obstacle: (scene) => (scene.postgres?.disk ? undefined : 'a small disk cannot be mounted here'),
    losesFlows: flowsInPostgres, // it may end itself: it has to write its log
    lasts: [1_000, 4_000],
    strike: async (scene) => {
      const postgres = postgresOf(scene);
      await postgres.disk?.fill();
      return async () => {
        await postgres.disk?.empty();
        await postgres.revive();
      };
    },
  },
  {
    name: 'postgres: failed over to the standby',
    obstacle: needsStandby,
    losesFlows: flowsInPostgres,
    lasts: [300, 1_500],
    strike: async (scene) => {
      const postgres = postgresOf(scene);
      await postgres.promote();
      return async () => {
        postgres.pointAt(postgres.primary);
        await postgres.follow();
      };
    },
  },
  {
    name: 'postgres: address leads to the standby',
    obstacle: needsStandby,
    losesFlows: flowsInPostgres,
    lasts: [1_000, 4_000],
    strike: (scene) => {
      const postgres = postgresOf(scene);
      if (postgres.standby) postgres.pointAt(postgres.standby);
      return Promise.resolve(() => {
        postgres.pointAt(postgres.primary);
      });
    },
  },
  {
    name: 'postgres: demoted primary still reachable',
    obstacle: needsStandby,
    losesFlows: flowsInPostgres,
    lasts: [1_000, 4_000],
    strike: async (scene) => {
      const postgres = postgresOf(scene);
      await postgres.promote();
      await postgres.follow();
      if (postgres.standby) postgres.pointAt(postgres.standby);
      return () => {
        postgres.pointAt(postgres.primary);
      };
    },
  },
  {
    name: 'postgres: pgbouncer killed',
    obstacle: (scene) => (scene.postgres?.bouncer ? undefined : 'there is no PgBouncer'),
    lasts: [300, 2_000],
    strike: async (scene) => {
      const { bouncer } = postgresOf(scene);
      await bouncer?.kill();
      return () => bouncer?.start();
    },
  },
  {
    name: 'postgres: node of the leader killed (Patroni)',
    obstacle: needsPatroni,
    losesFlows: flowsInPostgres,
    lasts: [300, 1_000],
    strike: (scene) => patroniOf(scene).killLeader(),
  },
  {
    name: 'postgres: switched over (Patroni)',
    obstacle: needsPatroni,
    losesFlows: flowsInPostgres,
    lasts: [0, 0],
    strike: async (scene) => {
      await patroniOf(scene).switchOver();
      return NOTHING;
    },
  },
];
