import { type DnsConfig, HeddleError, type Logger, type StackConfig } from '@heddle/core';
import { firstUnfit, planSteps, SLOTS, type Step, stepKey } from '../pure/host-plan.js';
import type { JournalEntry, ResolvChange } from '../pure/journal-text.js';
import { type RunCommand, runIp } from './command.js';
import { Journal } from './journal.js';
import { fateOf, ownIdentity } from './process-identity.js';
import { applyResolvConf, planResolvConf, RESOLV_CONF, restoreResolvConf } from './resolv-conf.js';

export interface HostChangesOptions {
  readonly folder: string;
  readonly mark: number;
  readonly run: RunCommand;
  readonly log: Logger;
}

/** What one node changes of the machine: written down first, then done, and undone from what is written. */
export class HostChanges {
  readonly #options: HostChangesOptions;
  readonly #journal: Journal;
  #steps: readonly Step[] = [];
  #resolv: ResolvChange | undefined;
  #slot: number | undefined;
  #linkDns: string | undefined;

  constructor(options: HostChangesOptions) {
    this.#options = options;
    this.#journal = new Journal(options.folder);
  }

  /** Takes back what nodes have left that were killed. Addresses and routes went with their interfaces. */
  async recover(): Promise<void> {
    const self = ownIdentity();
    for (const { name, entry } of await this.#journal.read()) {
      const fate = fateOf(entry, self);
      if (fate === 'lives' || fate === 'elsewhere') continue;
      if (fate === 'died') await this.#undo(entry.steps.filter(({ bound }) => !bound));
      if (entry.resolv !== undefined) await restoreResolvConf(entry.resolv);
      await this.#journal.forget(name);
      this.#options.log.info({ pid: entry.pid }, 'took back what a killed node had changed of this machine');
    }
  }

  /** Makes the machine be as this says, where it is not yet. */
  async apply(link: string, config: StackConfig): Promise<void> {
    const unfit = firstUnfit(config);
    if (unfit !== undefined) throw new HeddleError('HEDDLE_TUN_HOST', `"${unfit}" is no address, prefix or name that can be set`);
    const slots = this.#slot === undefined ? Array.from({ length: SLOTS }, (_, slot) => slot) : [this.#slot];
    await this.#applySteps(slots, (slot) => planSteps({ link, config, mark: this.#options.mark, slot }));
    await this.#applyDns(link, config.dns);
  }

  /** What the kernel forgot when the interface was down. */
  async repeat(): Promise<void> {
    for (const family of [4, 6] as const) {
      const lines = this.#steps.filter((step) => step.family === family && step.bound && step.undo.length > 0).map(({ run }) => run);
      await runIp(this.#options.run, family, lines, true);
    }
  }

  /** All as it was before. */
  async undo(): Promise<void> {
    await this.#undo(this.#steps);
    this.#steps = [];
    await this.#undoDns();
    await this.#journal.erase();
  }

  /** Rules of another node are found by the kernel's refusal: then the next slot is tried. */
  async #applySteps(slots: readonly number[], plan: (slot: number) => readonly Step[]): Promise<void> {
    for (const slot of slots) {
      try {
        await this.#change(plan(slot));
        this.#slot = slot;
        return;
      } catch (fault) {
        const taken = fault instanceof Error && /rule add.*File exists/s.test(fault.message);
        if (!taken || slot === slots.at(-1)) throw fault;
      }
    }
  }

  async #change(wanted: readonly Step[]): Promise<void> {
    const have = new Set(this.#steps.map(stepKey));
    const want = new Set(wanted.map(stepKey));
    const fresh = wanted.filter((step) => !have.has(stepKey(step)));
    const gone = this.#steps.filter((step) => !want.has(stepKey(step)));
    if (fresh.length + gone.length === 0) return;
    await this.#write([...this.#steps, ...fresh], this.#resolv);
    await this.#undo(gone);
    this.#steps = wanted.filter((step) => have.has(stepKey(step)));
    try {
      await this.#do(fresh);
      this.#steps = wanted;
    } catch (fault) {
      await this.#undo(fresh);
      throw fault;
    } finally {
      await this.#write(this.#steps, this.#resolv);
    }
  }

  async #do(steps: readonly Step[]): Promise<void> {
    for (const family of [4, 6] as const) {
      const lines = steps.filter((step) => step.family === family).map(({ run }) => run);
      await runIp(this.#options.run, family, lines, false);
    }
  }

  /** What is not there any more is no failure. */
  async #undo(steps: readonly Step[]): Promise<void> {
    for (const family of [4, 6] as const) {
      const lines = steps.filter((step) => step.family === family && step.undo.length > 0).map(({ undo }) => undo);
      await runIp(this.#options.run, family, lines.reverse(), true);
    }
  }

  async #applyDns(link: string, dns: DnsConfig | undefined): Promise<void> {
    if (dns === undefined || dns.servers.length === 0) return this.#undoDns();
    if (await this.#tellResolved(link, dns)) return;
    const change = await planResolvConf(RESOLV_CONF, dns);
    if (this.#resolv?.after === change.after) return;
    const resolv = { ...change, before: this.#resolv?.before ?? change.before };
    await this.#write(this.#steps, resolv);
    this.#resolv = resolv;
    await applyResolvConf(resolv);
  }

  /** systemd-resolved forgets what belongs to an interface together with it. False: it does not run here. */
  async #tellResolved(link: string, { servers, search }: DnsConfig): Promise<boolean> {
    const told = await this.#options.run(['resolvectl', 'dns', link, ...servers]);
    if (told.code !== 0) return false;
    this.#linkDns = link;
    await this.#options.run(['resolvectl', 'domain', link, ...(search.length > 0 ? search : ['~.'])]);
    return true;
  }

  async #undoDns(): Promise<void> {
    const link = this.#linkDns;
    this.#linkDns = undefined;
    if (link !== undefined) await this.#options.run(['resolvectl', 'revert', link]);
    const resolv = this.#resolv;
    if (resolv === undefined) return;
    await restoreResolvConf(resolv);
    this.#resolv = undefined;
    await this.#write(this.#steps, undefined);
  }

  #write(steps: readonly Step[], resolv: ResolvChange | undefined): Promise<void> {
    const entry: JournalEntry = { ...ownIdentity(), steps, ...(resolv !== undefined && { resolv }) };
    return this.#journal.write(entry);
  }
}
