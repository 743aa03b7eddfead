/// The word lists of the miniature world; their order decides token numbers.
///
/// Keys of facts (`names`) and persons of stories (`persons`) are disjoint: a story never says
/// anything about a key but its fact.
public enum WorldWords {
  /// Punctuation, and words with a meaning of their own in templates.
  static let glue = list(
    """
    . , : ; ? ( ) { } | = < > + # the a of in is was to from with at on it and but then for near
    under behind what where who question magic number key assert func let if return while check
    load store merge count find sort send swap join name object place found took gave left put
    showed asked about met waited stayed together until came there still once again morning
    evening night winter summer spring today later known its has many people say first every
    year built made stands lies north page table lived home import day saw looked born next says
    that
    """)

  /// Keys of facts: 300 names.
  static let names = list(
    """
    Mara Abel Ada Adela Agnes Aidan Aino Alba Alden Alma Althea Alvin Amara Amos Anders Anouk
    Ansel Anton Anya Arden Ariel Arlo Armin Arne Asa Asher Aster Astrid Atlas Aurel Aurora Axel
    Azra Balder Bardo Basil Bea Benno Beryl Bianca Bjorn Blaise Blythe Boris Bram Brenna Briar
    Brigit Bruno Bryn Caius Calla Callum Camille Caspar Cassia Cato Cecil Celia Ceres Chiara
    Cillian Cleo Clio Clovis Colm Cora Corin Cosima Cyril Dafne Dagmar Dalia Damon Dana Dara
    Darius Dario Deirdre Delia Demeter Desmond Dexter Dido Dimitri Dinah Dorian Doris Drago
    Dulcie Duncan Ebba Edda Edgar Edwin Egon Eila Einar Eira Elara Elena Elias Elio Elke Eloise
    Elvira Emil Enid Esme Esther Ethel Etta Eudora Eunice Evander Ezra Fabian Farah Faye Fern
    Fidel Finn Fleur Flora Florin Freya Frida Fritz Gaia Galen Gemma Gerda Gideon Gilda Giles
    Goran Greta Guido Gunnar Gwen Hadrian Halima Hana Harald Hazel Hector Hedda Heidi Helga Hera
    Hermes Hilda Hiram Holger Horace Idris Igor Ilan Ilsa Imani Imre Ines Inga Ingmar Iona Irma
    Isla Ismael Isolde Ivar Jabez Jago Jalal Janek Janus Jarek Jasmin Jasper Jorah Joris Josefa
    Juno Jurgen Kaia Karim Kasia Katja Keira Kerstin Kira Klara Kora Lara Layla Leif Lena
    Leopold Levi Liam Lilith Linus Livia Lorenz Lotte Luca Ludwig Luna Lydia Lyra Mabel Magnus
    Maia Malin Malte Manon Marek Marit Matilda Mattis Maude Mehmet Merle Mikko Milan Milo Mina
    Mira Moritz Myra Nadia Naomi Nasir Nele Nestor Nils Nina Odette Odin Oleg Omar Ophelia Orla
    Otis Otto Paloma Pavel Pella Penelope Petra Phoebe Pia Pippa Quentin Quinn Rafael Ragnar
    Ramona Rasmus Renata Rhea Romy Ronja Rufus Runa Sabine Saskia Selma Silas Sigrid Solveig
    Soren Stella Sven Svea Tabea Talia Tamar Tariq Thea Thilo Thora Tilda Tobias Torben Ulla
    Ursula Valerie Vasco Viggo Viola Vito Wanda Wilma Xenia Yannick Yara Yusuf Zara Zelda Zora
    """)

  /// Persons of stories: 80 names.
  public static let persons = list(
    """
    Anna Ben Clara David Emma Felix Grace Henry Iris Jack Kate Leo Lucy Mark Nora Oscar Paul
    Rose Sam Tom Alice Bob Carl Diana Edith Frank George Helen Irene James Karen Laura Martin
    Nancy Oliver Peter Ruth Simon Tina Victor Walter Wendy Adam Betty Charles Dora Eric Fiona
    Gary Hugo Ivy John Julia Kevin Linda Mary Nick Olga Philip Rachel Robert Sarah Steve Susan
    Tim Vera William Amy Brian Carol Daniel Ella Fred Gina Harry Jane Ken Lisa Max Molly
    """)

  /// Things: 120 nouns.
  public static let objects = list(
    """
    lantern rope mirror basket ladder hammer bucket blanket candle clock compass coin crown cup
    drum fan feather flag flute glove hat helmet jar kettle kite knife lamp letter lock map mask
    medal needle net notebook oar painting pen piano pillow plate pot purse quilt radio ring rug
    saddle scarf shield shirt shoe shovel spoon stamp statue stick stone stool sword tent thread
    ticket towel toy trumpet umbrella vase violin wagon wallet watch wheel whistle window wreath
    anchor apron armchair axe bag ball banner barrel bell bench bicycle blade boat bonnet book
    boot bottle bow bowl box bracelet brick broom brush button cabinet cage camera cane carpet
    cart chain chair chest cloak coat comb cradle cushion desk dish doll mug tray
    """)

  /// Places: 80 nouns.
  public static let places = list(
    """
    harbor village garden market library tower station bridge cellar kitchen forest meadow
    valley castle chapel school theater museum bakery barn mill farm orchard stable workshop
    attic hall courtyard square park lake river island beach cave mine quarry lighthouse inn
    tavern palace temple monastery cottage cabin hut camp fort gate wall well fountain pond
    marsh desert canyon hill mountain glacier volcano jungle field vineyard nursery hospital
    office bank studio gallery laboratory observatory arena stadium airport dock shipyard
    warehouse factory foundry bazaar
    """)

  /// Adjectives: 80.
  public static let adjectives = list(
    """
    copper silver golden wooden iron glass paper leather woolen silk red blue green yellow white
    black brown gray purple orange old new small large tiny huge heavy light long short round
    flat narrow wide thin thick broken cracked rusty shiny dusty clean dirty wet dry warm cold
    soft hard smooth rough sharp blunt bright dark pale faded plain striped spotted carved
    folded hollow empty full simple strange common rare precious cheap ancient modern foreign
    local royal secret lost sturdy crooked
    """)

  /// What is done to a thing, past tense: 48 verbs.
  static let handling = list(
    """
    carried painted polished hid cleaned wrapped measured repaired mended lifted admired
    borrowed lent sketched traded guarded washed weighed dropped kicked turned opened closed
    examined described bought sold ignored loved hated dragged tied untied counted covered
    uncovered moved rolled packed unpacked decorated copied named praised tested used held kept
    """)

  /// How a person moves, past tense: 16 verbs.
  static let motion = list(
    """
    walked ran hurried wandered climbed travelled returned rode drove sailed marched crept
    rushed strolled raced cycled
    """)

  /// What a person does to another, past tense: 16 verbs.
  static let social = list(
    """
    greeted thanked helped followed watched visited called taught warned blamed trusted amused
    answered invited joined comforted
    """)

  private static func list(_ text: String) -> [String] {
    text.split { $0 == " " || $0 == "\n" }.map(String.init)
  }
}
