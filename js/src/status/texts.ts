// What <bcp-status> says around the guidance, which comes from the core.
import type { Way } from '../types.js';

/** The languages of the panel. */
export type StatusLang = 'nl' | 'fr' | 'de' | 'en';

/** The state of everything together, as the panel shows it. */
export type OverallState = 'unused' | 'normal' | 'continuity' | 'degraded' | 'stale' | 'unprotected' | 'unknown';

/**
 * How many functionalities there are, and of these: without an electronic way, not sure, on another electronic way, on
 * kept answers.
 */
export interface Counts {
  all: number;
  out: Group;
  unsure: Group;
  rerouted: Group;
  kept: Group;
}

/** Some functionalities. Their names, where a headline has room for them; else ''. */
export interface Group {
  count: number;
  names: string;
}

// What a headline says of some functionalities: how many, and which.
function counted(...said: [Group, string][]): string {
  const texts = said.filter(([{ count }]) => count > 0).map(([{ names }, text]) => text + names);
  const isNamed = texts.some((text) => text.includes(':'));
  const isFrench = texts.some((text) => text.includes('\u00a0:'));
  return texts.join(isFrench ? '\u00a0; ' : isNamed ? '; ' : ', ');
}

/** A moment in a sentence: of today the time alone, of another day the date and the time. */
export type Moment = (shown: string, isToday: boolean) => string;

/** One language of the panel. Moments come in as they stand in the sentence, made by `at`, `since` or `after`. */
export interface StatusTexts {
  /** For Intl. */
  locale: string;
  at: Moment;
  since: Moment;
  after: Moment;
  heading: string;
  overall: Record<Exclude<OverallState, 'degraded' | 'continuity'>, string> &
    Record<'degraded' | 'continuity', (counts: Counts) => string>;
  /** A sentence that goes with the state: what is to be done, where something is. */
  about: Record<Exclude<OverallState, 'normal' | 'continuity' | 'stale'> | 'silent', string> & {
    normal: (atAnswered: string) => string;
    continuity: (isToDo: boolean) => string;
    stale: (sinceChecked: string) => string;
  };
  /** What is to be done at once. */
  now: Record<'title' | 'stay' | 'paper' | 'goOn' | 'print' | 'lasts' | 'helpdesk', string>;
  ways: Record<Way | 'unused' | 'uncertain', string>;
  answered: (at: string) => string;
  failed: (at: string) => string;
  tryAgain: (after: string) => string;
  /** `issued` is a date and a time. */
  catalogue: (issued: string, atChecked: string) => string;
  stale: (sinceChecked: string) => string;
  normal: (count: number) => string;
  unused: (count: number) => string;
  unwatched: (count: number) => string;
  attention: (count: number) => string;
  kept: (count: number) => string;
  /** Concerns beside those that the reader needs first. */
  rest: (count: number) => string;
  rerouted: (count: number) => string;
  guidance: string;
  more: string;
  /** The list of services and who says what to do. */
  basis: string;
  otherwise: string;
  source: (title: string, publisher: string) => string;
  statusSite: string;
  helpdesk: string;
  code: (code: string, at: string) => string;
  /** As one reads it out on the telephone; `more` are not named. */
  failing: (services: string, more: number) => string;
  version: string;
  /** The date and the time when the certificate ends by which the list of services is checked. */
  trust: (moment: string) => string;
  print: string;
  card: string;
  cardTitle: string;
  steps: Record<'recovery' | 'fallback' | 'cache' | 'mayHaveArrived' | 'lastResort', string>;
  exportLog: string;
  /** With the date, whatever the day is. */
  printed: (moment: string) => string;
}

export const statusTexts: Record<StatusLang, StatusTexts> = {
  nl: {
    locale: 'nl-BE',
    at: (shown, isToday) => `${isToday ? 'om' : 'op'} ${shown}`,
    since: (shown) => `sinds ${shown}`,
    after: (shown) => `na ${shown}`,
    heading: 'Elektronische diensten',
    overall: {
      unused: 'Nog niets gebruikt',
      normal: 'Geen storing vastgesteld',
      continuity: ({ rerouted, kept, all }) =>
        'U kunt voortwerken: ' +
        counted(
          [rerouted, `${rerouted.count} van ${all} langs een andere weg`],
          [kept, `${kept.count} van ${all} met eerder bewaarde gegevens`],
        ),
      degraded: ({ out, unsure, all }) =>
        counted(
          [out, `${out.count} van ${all} ${out.count === 1 ? 'werkt' : 'werken'} niet`],
          [unsure, `${unsure.count} van ${all} onzeker`],
        ),
      stale: 'Geen storing vastgesteld, lijst van diensten verouderd',
      unprotected: 'Noodplan nog niet geladen, toestand niet bekend',
      unknown: 'Toestand nog niet bekend',
    },
    about: {
      unused: 'Er is nog geen dienst gebruikt. Zodra er één antwoordt, staat het hier.',
      normal: (at) =>
        `U kunt voortwerken. De diensten die werden gebruikt, antwoordden zoals gewoonlijk${at && `, het laatst ${at}`}.`,
      continuity: (isToDo) => (isToDo ? 'Lees hieronder wat u nu doet.' : 'U hoeft niets te doen.'),
      degraded: 'Lees hieronder wat u nu doet.',
      stale: (since) =>
        `U kunt voortwerken. De lijst van diensten, met de andere wegen, kon ${since} niet meer worden nagekeken. ` +
        'Ze wordt verder gebruikt; u hoeft niets te doen.',
      unprotected: 'Het is nog niet bekend of de diensten werken.',
      unknown: 'De toestand wordt opgevraagd.',
      silent:
        'Dit paneel krijgt geen gegevens van uw software: een storing is hier niet te zien. ' +
        'Meld dit aan de helpdesk van uw software.',
    },
    now: {
      title: 'Doe nu dit',
      stay: 'Blijf aangemeld: meld u niet af en sluit uw browser niet.',
      paper: 'Werk voorlopig op papier, met de noodkaart of de stappen hieronder.',
      goOn: 'Werk gewoon voort.',
      print: 'Druk nu de noodkaart af: daarop staat wat u doet als een dienst uitvalt.',
      lasts: 'Blijft dit bericht langer dan 15 minuten staan, bel dan ',
      helpdesk: 'de helpdesk van uw software',
    },
    ways: {
      unused: 'nog niet gebruikt',
      normal: 'werkt',
      recovery: 'werkt, via een reservesysteem',
      fallback: 'andere elektronische weg',
      cache: 'met eerder bewaarde gegevens',
      unconfirmed: 'onzeker: probeer opnieuw',
      retry: 'probeer opnieuw',
      uncertain: 'onzeker of het is aangekomen',
      lastResort: 'niet elektronisch beschikbaar',
      unwatched: 'toestand niet bekend',
    },
    answered: (at) => `antwoordde ${at}`,
    failed: (at) => `Niet gelukt ${at}.`,
    tryAgain: (after) => `Probeer opnieuw ${after}.`,
    catalogue: (issued, at) => `Lijst van diensten van ${issued}, nagekeken ${at}.`,
    stale: (since) => `Lijst van diensten ${since} niet meer nagekeken.`,
    normal: (count) => `Werkt (${count})`,
    unused: (count) => `Nog niet gebruikt (${count})`,
    unwatched: (count) => `Toestand niet bekend (${count})`,
    attention: (count) => `Vraagt aandacht (${count})`,
    kept: (count) => `Met eerder bewaarde gegevens (${count})`,
    rest: (count) => `De overige (${count})`,
    rerouted: (count) => `Langs een andere weg (${count})`,
    guidance: 'Bij uitval',
    more: 'Details',
    basis: 'Waar dit vandaan komt',
    otherwise: 'Als dat niet lukt',
    source: (title, publisher) => `Bron: ${publisher}, “${title}”.`,
    statusSite: 'Status van de eHealth-diensten',
    helpdesk: 'Voor de helpdesk:',
    code: (code, at) => `Code ${code}, vastgesteld ${at}.`,
    failing: (services, more) => `Getroffen webservices: ${services}${more ? ` en nog ${more} in het logboek` : ''}.`,
    version: 'versie',
    trust: (moment) =>
      `Het certificaat waarmee de lijst van diensten wordt nagekeken, verloopt op ${moment}. Meld dit aan uw softwareleverancier.`,
    print: 'Overzicht van de diensten afdrukken',
    card: 'Noodkaart afdrukken',
    cardTitle: 'Noodkaart: wat te doen als een elektronische dienst uitvalt',
    steps: {
      recovery: 'Via een reservesysteem',
      fallback: 'Andere weg',
      cache: 'Als er eerder gegevens zijn bewaard',
      mayHaveArrived: 'Onzeker of het is aangekomen',
      lastResort: 'Niets elektronisch werkt',
    },
    exportLog: 'Logboek opslaan',
    printed: (moment) => `Afgedrukt op ${moment}`,
  },
  fr: {
    locale: 'fr-BE',
    at: (shown, isToday) => `${isToday ? 'à' : 'le'} ${shown}`,
    since: (shown, isToday) => `depuis ${isToday ? '' : 'le '}${shown}`,
    after: (shown, isToday) => `après ${isToday ? '' : 'le '}${shown}`,
    heading: 'Services électroniques',
    overall: {
      unused: 'Aucun service encore utilisé',
      normal: 'Aucune panne constatée',
      continuity: ({ rerouted, kept, all }) =>
        'Vous pouvez continuer : ' +
        counted(
          [rerouted, `${rerouted.count} sur ${all} par une autre voie`],
          [kept, `${kept.count} sur ${all} avec des données déjà enregistrées`],
        ),
      degraded: ({ out, unsure, all }) =>
        counted(
          [out, `${out.count} sur ${all} ne ${out.count === 1 ? 'fonctionne' : 'fonctionnent'} pas`],
          [unsure, `${unsure.count} sur ${all} ${unsure.count === 1 ? 'incertain' : 'incertains'}`],
        ),
      stale: 'Aucune panne constatée, liste des services dépassée',
      unprotected: 'Plan de secours pas encore chargé, état inconnu',
      unknown: 'État encore inconnu',
    },
    about: {
      unused: "Aucun service n'a encore été utilisé. Dès que l'un d'eux répond, cela s'affiche ici.",
      normal: (at) =>
        `Vous pouvez continuer. Les services utilisés ont répondu comme d'habitude${at && `, la dernière fois ${at}`}.`,
      continuity: (isToDo) => (isToDo ? "Lisez ci-dessous ce qu'il faut faire." : "Vous n'avez rien à faire."),
      degraded: "Lisez ci-dessous ce qu'il faut faire.",
      stale: (since) =>
        `Vous pouvez continuer. La liste des services, avec les autres voies, n'a pas pu être contrôlée ${since}. ` +
        "Elle reste utilisée ; vous n'avez rien à faire.",
      unprotected: 'On ne sait pas encore si les services fonctionnent.',
      unknown: 'Vérification en cours.',
      silent:
        "Ce panneau ne reçoit rien de votre logiciel\u00a0: une panne ne s'affiche pas ici. " +
        'Signalez-le au helpdesk de votre logiciel.',
    },
    now: {
      title: 'À faire maintenant',
      stay: 'Restez connecté\u00a0: ne vous déconnectez pas et ne fermez pas votre navigateur.',
      paper: "Travaillez pour l'instant sur papier, avec les procédures de secours imprimées ou les étapes ci-dessous.",
      goOn: 'Continuez à travailler normalement.',
      print:
        'Imprimez maintenant les procédures de secours\u00a0: elles disent que faire si un service tombe en panne.',
      lasts: 'Si ce message reste affiché plus de 15 minutes, appelez ',
      helpdesk: 'le helpdesk de votre logiciel',
    },
    ways: {
      unused: 'pas encore utilisé',
      normal: 'fonctionne',
      recovery: 'fonctionne, sur un système de secours',
      fallback: 'autre voie électronique',
      cache: 'avec des données déjà enregistrées',
      unconfirmed: 'incertain : essayez à nouveau',
      retry: 'essayez à nouveau',
      uncertain: "arrivée de l'envoi incertaine",
      lastResort: 'pas disponible par voie électronique',
      unwatched: 'état inconnu',
    },
    answered: (at) => `a répondu ${at}`,
    failed: (at) => `Échec ${at}.`,
    tryAgain: (after) => `Essayez à nouveau ${after}.`,
    catalogue: (issued, at) => `Liste des services du ${issued}, contrôlée ${at}.`,
    stale: (since) => `Liste des services non contrôlée ${since}.`,
    normal: (count) => `Fonctionne (${count})`,
    unused: (count) => `Pas encore utilisé (${count})`,
    unwatched: (count) => `État inconnu (${count})`,
    attention: (count) => `Points d'attention (${count})`,
    kept: (count) => `Avec des données déjà enregistrées (${count})`,
    rest: (count) => `Les autres (${count})`,
    rerouted: (count) => `Par une autre voie (${count})`,
    guidance: 'En cas de panne',
    more: 'Détails',
    basis: 'Origine de ces informations',
    otherwise: 'Si cela ne fonctionne pas',
    source: (title, publisher) => `Source : ${publisher}, « ${title} ».`,
    statusSite: 'Statut des services eHealth',
    helpdesk: 'Pour le helpdesk\u00a0:',
    code: (code, at) => `Code ${code}, constaté ${at}.`,
    failing: (services, more) =>
      `Services web touchés\u00a0: ${services}${more ? ` et ${more} de plus dans le journal` : ''}.`,
    version: 'version',
    trust: (moment) =>
      `Le certificat qui sert à contrôler la liste des services expire le ${moment}. Signalez-le à votre fournisseur de logiciel.`,
    print: "Imprimer l'état des services",
    card: 'Imprimer les procédures de secours',
    cardTitle: 'Procédures de secours : que faire si un service électronique tombe en panne',
    steps: {
      recovery: 'Sur un système de secours',
      fallback: 'Autre voie',
      cache: 'Si des données ont déjà été enregistrées',
      mayHaveArrived: "Arrivée de l'envoi incertaine",
      lastResort: 'Rien ne fonctionne par voie électronique',
    },
    exportLog: 'Enregistrer le journal',
    printed: (moment) => `Imprimé le ${moment}`,
  },
  de: {
    locale: 'de-BE',
    at: (shown, isToday) => (isToday ? `um ${shown} Uhr` : `am ${shown} Uhr`),
    since: (shown, isToday) => (isToday ? `seit ${shown} Uhr` : `seit dem ${shown} Uhr`),
    after: (shown, isToday) => (isToday ? `nach ${shown} Uhr` : `nach dem ${shown} Uhr`),
    heading: 'Elektronische Dienste',
    overall: {
      unused: 'Noch nichts benutzt',
      normal: 'Keine Störung festgestellt',
      continuity: ({ rerouted, kept, all }) =>
        'Sie können weiterarbeiten: ' +
        counted(
          [rerouted, `${rerouted.count} von ${all} über einen anderen Weg`],
          [kept, `${kept.count} von ${all} mit früher gespeicherten Daten`],
        ),
      degraded: ({ out, unsure, all }) =>
        counted(
          [out, `${out.count} von ${all} ${out.count === 1 ? 'funktioniert' : 'funktionieren'} nicht`],
          [unsure, `${unsure.count} von ${all} unsicher`],
        ),
      stale: 'Keine Störung festgestellt, Liste der Dienste veraltet',
      unprotected: 'Notfallplan noch nicht geladen, Zustand nicht bekannt',
      unknown: 'Zustand noch nicht bekannt',
    },
    about: {
      unused: 'Es wurde noch kein Dienst benutzt. Sobald einer antwortet, steht es hier.',
      normal: (at) =>
        `Sie können weiterarbeiten. Die benutzten Dienste haben wie gewohnt geantwortet${at && `, zuletzt ${at}`}.`,
      continuity: (isToDo) => (isToDo ? 'Lesen Sie unten, was zu tun ist.' : 'Sie müssen nichts tun.'),
      degraded: 'Lesen Sie unten, was zu tun ist.',
      stale: (since) =>
        `Sie können weiterarbeiten. Die Liste der Dienste, mit den anderen Wegen, konnte ${since} nicht geprüft ` +
        'werden. Sie wird weiter verwendet; Sie müssen nichts tun.',
      unprotected: 'Ob die Dienste funktionieren, ist noch nicht bekannt.',
      unknown: 'Der Zustand wird abgefragt.',
      silent:
        'Diese Anzeige erhält nichts von Ihrer Software: Eine Störung ist hier nicht zu sehen. ' +
        'Melden Sie das dem Helpdesk Ihrer Software.',
    },
    now: {
      title: 'Jetzt zu tun',
      stay: 'Bleiben Sie angemeldet: Melden Sie sich nicht ab und schließen Sie den Browser nicht.',
      paper: 'Arbeiten Sie vorläufig auf Papier, mit der Notfallkarte oder den Schritten unten.',
      goOn: 'Arbeiten Sie normal weiter.',
      print: 'Drucken Sie jetzt die Notfallkarte: Darauf steht, was zu tun ist, wenn ein Dienst ausfällt.',
      lasts: 'Bleibt diese Meldung länger als 15 Minuten stehen, rufen Sie an: ',
      helpdesk: 'den Helpdesk Ihrer Software',
    },
    ways: {
      unused: 'noch nicht benutzt',
      normal: 'funktioniert',
      recovery: 'funktioniert, über ein Reservesystem',
      fallback: 'anderer elektronischer Weg',
      cache: 'mit früher gespeicherten Daten',
      unconfirmed: 'unsicher: erneut versuchen',
      retry: 'erneut versuchen',
      uncertain: 'unsicher, ob es angekommen ist',
      lastResort: 'nicht elektronisch verfügbar',
      unwatched: 'Zustand nicht bekannt',
    },
    answered: (at) => `antwortete ${at}`,
    failed: (at) => `Nicht gelungen ${at}.`,
    tryAgain: (after) => `Versuchen Sie es ${after} erneut.`,
    catalogue: (issued, at) => `Liste der Dienste vom ${issued} Uhr, geprüft ${at}.`,
    stale: (since) => `Liste der Dienste ${since} nicht geprüft.`,
    normal: (count) => `Funktioniert (${count})`,
    unused: (count) => `Noch nicht benutzt (${count})`,
    unwatched: (count) => `Zustand nicht bekannt (${count})`,
    attention: (count) => `Zu beachten (${count})`,
    kept: (count) => `Mit früher gespeicherten Daten (${count})`,
    rest: (count) => `Die übrigen (${count})`,
    rerouted: (count) => `Über einen anderen Weg (${count})`,
    guidance: 'Bei einer Störung',
    more: 'Details',
    basis: 'Woher dies stammt',
    otherwise: 'Wenn das nicht gelingt',
    source: (title, publisher) => `Quelle: ${publisher}, „${title}“.`,
    statusSite: 'Status der eHealth-Dienste',
    helpdesk: 'Für den Helpdesk:',
    code: (code, at) => `Code ${code}, festgestellt ${at}.`,
    failing: (services, more) =>
      `Betroffene Webservices: ${services}${more ? ` und ${more} weitere im Protokoll` : ''}.`,
    version: 'Version',
    trust: (moment) =>
      `Das Zertifikat, mit dem die Liste der Dienste geprüft wird, läuft am ${moment} Uhr ab. Melden Sie dies Ihrem Softwareanbieter.`,
    print: 'Stand der Dienste drucken',
    card: 'Notfallkarte drucken',
    cardTitle: 'Notfallkarte: Was tun, wenn ein elektronischer Dienst ausfällt',
    steps: {
      recovery: 'Über ein Reservesystem',
      fallback: 'Anderer Weg',
      cache: 'Falls früher Daten gespeichert wurden',
      mayHaveArrived: 'Unsicher, ob es angekommen ist',
      lastResort: 'Nichts Elektronisches funktioniert',
    },
    exportLog: 'Protokoll speichern',
    printed: (moment) => `Gedruckt am ${moment} Uhr`,
  },
  en: {
    locale: 'en-GB',
    at: (shown, isToday) => `${isToday ? 'at' : 'on'} ${shown}`,
    since: (shown) => `since ${shown}`,
    after: (shown) => `after ${shown}`,
    heading: 'Electronic services',
    overall: {
      unused: 'Nothing used yet',
      normal: 'No outage seen',
      continuity: ({ rerouted, kept, all }) =>
        'You can go on working: ' +
        counted(
          [rerouted, `${rerouted.count} of ${all} by another route`],
          [kept, `${kept.count} of ${all} with data saved earlier`],
        ),
      degraded: ({ out, unsure, all }) =>
        counted(
          [out, `${out.count} of ${all} ${out.count === 1 ? 'does' : 'do'} not work`],
          [unsure, `${unsure.count} of ${all} not certain`],
        ),
      stale: 'No outage seen, list of services out of date',
      unprotected: 'Emergency plan not loaded yet, state not known',
      unknown: 'State not known yet',
    },
    about: {
      unused: 'No service has been used yet. As soon as one answers, it is shown here.',
      normal: (at) => `You can go on working. The services that were used answered as usual${at && `, last ${at}`}.`,
      continuity: (isToDo) => (isToDo ? 'Read below what to do.' : 'There is nothing you need to do.'),
      degraded: 'Read below what to do.',
      stale: (since) =>
        `You can go on working. The list of services, with the other routes, could not be checked ${since}. ` +
        'It stays in use; there is nothing you need to do.',
      unprotected: 'It is not yet known whether the services work.',
      unknown: 'The state is being read.',
      silent:
        'This panel gets nothing from your software: an outage does not show here. ' +
        'Tell the helpdesk of your software.',
    },
    now: {
      title: 'Do this now',
      stay: 'Stay signed in: do not sign out and do not close your browser.',
      paper: 'Work on paper for now, with the emergency card or the steps below.',
      goOn: 'Go on working as usual.',
      print: 'Print the emergency card now: it says what to do when a service fails.',
      lasts: 'If this message stays for more than 15 minutes, call ',
      helpdesk: 'the helpdesk of your software',
    },
    ways: {
      unused: 'not used yet',
      normal: 'works',
      recovery: 'works, on a back-up system',
      fallback: 'another electronic route',
      cache: 'with data saved earlier',
      unconfirmed: 'not certain: try again',
      retry: 'try again',
      uncertain: 'not certain whether it arrived',
      lastResort: 'not available electronically',
      unwatched: 'state not known',
    },
    answered: (at) => `answered ${at}`,
    failed: (at) => `Failed ${at}.`,
    tryAgain: (after) => `Try again ${after}.`,
    catalogue: (issued, at) => `List of services of ${issued}, checked ${at}.`,
    stale: (since) => `List of services not checked ${since}.`,
    normal: (count) => `Works (${count})`,
    unused: (count) => `Not used yet (${count})`,
    unwatched: (count) => `State not known (${count})`,
    attention: (count) => `Needs attention (${count})`,
    kept: (count) => `With data saved earlier (${count})`,
    rest: (count) => `The others (${count})`,
    rerouted: (count) => `By another route (${count})`,
    guidance: 'During an outage',
    more: 'Details',
    basis: 'Where this comes from',
    otherwise: 'If that does not work',
    source: (title, publisher) => `Source: ${publisher}, “${title}”.`,
    statusSite: 'Status of the eHealth services',
    helpdesk: 'For the helpdesk:',
    code: (code, at) => `Code ${code}, seen ${at}.`,
    failing: (services, more) => `Web services affected: ${services}${more ? ` and ${more} more in the log` : ''}.`,
    version: 'version',
    trust: (moment) =>
      `The certificate by which the list of services is checked expires on ${moment}. Tell your software supplier.`,
    print: 'Print the state of the services',
    card: 'Print the emergency card',
    cardTitle: 'Emergency card: what to do when an electronic service fails',
    steps: {
      recovery: 'On a back-up system',
      fallback: 'Another route',
      cache: 'If data were saved earlier',
      mayHaveArrived: 'Not certain whether it arrived',
      lastResort: 'Nothing electronic works',
    },
    exportLog: 'Save the log',
    printed: (moment) => `Printed on ${moment}`,
  },
};

/** The panel's language for a language tag: its primary part when it is one of the four, else English. */
export function statusLang(tag: string): StatusLang {
  const primary = tag.toLowerCase().split('-')[0] ?? '';
  return primary === 'nl' || primary === 'fr' || primary === 'de' ? primary : 'en';
}
