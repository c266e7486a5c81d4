"""French words for feelings."""

from __future__ import annotations

from style2talker.emotion.languages.vocabulary import Vocabulary

__all__ = ["FRENCH"]

FRENCH = Vocabulary(
    name="French",
    endings="(?:e|s|es|x|ment|ement)?",
    reach=30,
    common="l qu veuillez besoin travaille depuis va vont fais faut tous toutes même comme vieux vieille nouveau "
        "nouvelle a on me te y heures minutes jour dix neuf deux trois ici maintenant toujours encore cet si lui quand "
        "vers chez jamais rien aussi le la les un une des du de et est sont suis je tu il elle nous vous ils elles ne "
        "pas plus dans avec sur sous pour par que qui ce cette ces son sa ses mon ma mes ton leur au aux en très trop "
        "peu mais ou où comme sans être avoir ai as ont était c'est d'un d'une n'est s'est j'ai qu'il qu'elle l'air "
        "peur fait parle dit regarde vraiment tout toute légèrement",
    feelings={
        "angry": {
            1.25: "furieux, furieuse*, fureur, furie, rage, enragé*, hors de lui, hors d'elle, hors de moi, fou de "
                "rage, folle de rage, fou de colère, folle de colère, rouge de colère, explose de colère, bout de "
                "colère, noir de colère, voit rouge, rouge de rage, hurle de rage, folle furieuse, sort de ses gonds, "
                "haine",
            1.0: "menti, salaud, imbécile, maudit*, zut alors, hurle, hurler, trahi*, perd patience, perdu patience, "
                "injuste, crier, colère, en colère, fâché*, irrité* au plus haut point, énervé*, énerve, s'énerve, "
                "courroucé*, indigné*, indignation, agressif*, agressive*, hostile*, crie contre, crie sur, engueule, "
                "insulte, menace, menaçant*, révolté*, exaspéré*, en a … marre, en ai … marre, en a marre, en ai "
                "marre, ras le bol, ras-le-bol, ça suffit, laisse-moi tranquille, tais-toi, scandaleux, déteste, "
                "comment oses-tu, remonté*, vengeance, en veut à, je te déteste",
            0.65: "agacé*, agace, agacement, irrité*, irritation, contrarié*, grincheux, grincheuse, de mauvaise "
                "humeur, mauvaise humeur, frustré*, frustration, impatient*, mécontent*, vexé*, ronchon*, aigri*, "
                "bougon*",
        },
        "contempt": {
            1.0: "pauvres amateurs, amateurs, imbéciles, incapables, nuls, pitoyable*, pathétique, ces gens-là, "
                "inférieur*, mépris, méprisant*, méprise, mépriser, dédain, dédaigneux, dédaigneuse*, dédaigne, "
                "hautain*, condescendant*, condescendance, arrogant*, arrogance, moqueur, moqueuse*, moquerie, se "
                "moque, nargue, ricane, de haut, prend … de haut, regarde … de haut, toise, se croit supérieur*, se "
                "croit meilleur*, supériorité, sourire en coin, minable*, bons à rien, bon à rien, raillerie, raille, "
                "railleur*, ridiculise, indigne de, ne valent rien, ne vaut rien, traite … d'idiots, snob*",
            0.75: "sarcastique*, sarcasme, cynique*, cynisme, suffisant, suffisance, suffisante, ironique*, "
                "prétentieux, prétentieuse, narquois*, insolent*, irrespectueux, irrespectueuse",
        },
        "disgusted": {
            1.15: "vomir, vomit, donne la nausée, répulsion, à vomir, haut-le-cœur, haut-le-coeur, soulève le cœur, "
                "retourne l'estomac",
            1.0: "cafard dans, cafards, vers dans, asticots, gluant*, crade, vomi, répulsif, dégoût, dégoûté*, "
                "dégoûtant*, dégoûte*, écœuré*, écœurant*, écoeuré*, écoeurant*, répugnant*, répugne, répugnance, "
                "répugné*, nausée, nauséabond*, nauséeux, immonde*, infect*, beurk, pouah, berk, puanteur, pue, "
                "puant*, pourri*, moisi*, ignoble*, révulsé*, crasseux, odeur horrible",
            0.7: "aversion, déplaisant*, grimace devant, peu appétissant*, rebuté*",
        },
        "fear": {
            1.25: "terrifié*, terreur, terrorisé*, panique*, paniqué*, épouvanté*, épouvante, horrifié*, mort de peur, "
                "morte de peur, horreur, pétrifié*, paralysé* de peur, affolé*, effroi, peur bleue, crie au secours, "
                "tétanisé*",
            1.0: "tremblent, trembler, tremblé, trembler, aidez-moi, aide-moi, ose pas, claque des dents, claquent, "
                "cœur bat, coeur bat, suit dans, derrière moi, peur, apeuré*, effrayé*, effrayant*, craint, crainte, "
                "craintif, craintive*, angoissé*, angoisse, tremble, tremblant*, tremblement, alarmé*, redoute, "
                "menacé*, au secours, frissonne, cauchemar, intimidé*, s'enfuit, en danger, frayeur, trouille",
            0.65: "inquiet, inquiète*, inquiétude, s'inquiète, anxieux, anxieuse*, anxiété, nerveux, nerveuse*, "
                "stressé*, tendu*, mal à l'aise, timide*, préoccupé*, soucieux, soucieuse, trac, appréhension, soucis, "
                "appréhende, hésitant*, hésitante",
        },
        "happy": {
            1.25: "fou de joie, folle de joie, ravi*, enchanté*, euphorique*, extatique*, aux anges, au comble du "
                "bonheur, exalté*, jubile, saute de joie, éclate de rire, éclats de rire, septième ciel, "
                "enthousiaste*, enthousiasme, exulte, rayonne de bonheur, mort de rire, sur un petit nuage, hilare*, "
                "déborde de joie",
            1.0: "plus beau jour, plus belle, beau jour, ris, souris, danse, chante de, bonne nouvelle, réussi, "
                "mariage, vacances, magnifique, super, bravo, vive, vivement, comblé*, rient, heureux, heureuse*, "
                "bonheur, joie, joyeux, joyeuse*, joyeusement, gai, gaie, gaiement, gaieté, rit, rire, rires, riant, "
                "rient, sourit, sourire, souriant*, content, contente, contents, réjoui*, réjouit, radieux, radieuse, "
                "rayonnant*, de bonne humeur, bonne humeur, hourra, youpi, célèbre, fête, amoureux, amoureuse, gagné, "
                "félicitations, génial, formidable, rigole, merveilleux, quelle chance",
            0.65: "satisfait*, amusé*, soulagé*, reconnaissant*, fier, fière, optimiste*, amical*, chaleureux, "
                "chaleureuse*, plein d'espoir, serein et souriant, bienveillant*",
        },
        "neutral": {
            0.0: "sans la moindre émotion, aucune émotion, calme*, neutre*, posé, posée, posément, impassible*, "
                "indifférent*, indifférence, sans émotion*, sans aucune émotion, inexpressif*, détendu*, détaché*, "
                "sobre*, sobrement, serein*, serène, tranquille*, tranquillement, factuel*, ton égal, imperturbable*, "
                "normal*, sans expression, sérieux, neutralité, monotone",
        },
        "sad": {
            1.25: "désespéré*, désespoir, anéanti*, inconsolable*, dévasté*, effondré*, cœur brisé, coeur brisé, brise "
                "le cœur, brisé* par, sanglote*, sanglots, pleure à chaudes larmes, fond en larmes, en larmes, "
                "éploré*, chagrin d'amour, accablé*, pleure toutes",
            1.0: "voix brisée, voix cassée, si seul, si seule, tout seul, toute seule, seul sans, seule sans, "
                "tellement seul*, pleurent, pleuré, mort hier, décès, adieu, adieux, soupire, soupirs, ne reviendra, "
                "nous a quittés, quitté*, triste, tristes, tristesse, tristement, malheureux, malheureuse*, malheur, "
                "chagrin, peine, peiné*, pleure, pleurer, pleurs, pleurant, pleurniche, larmes, larme, déprimé*, "
                "abattu*, affligé*, deuil, morose*, morne, misérable, souffre, souffrance, solitude, seul au monde, "
                "seule au monde, endeuillé*, décédé*, mort de sa, mort de son, est mort, est morte, me manque, lui "
                "manque, manques, obsèques, enterrement, cafard, perdu* tout espoir, douleur",
            0.7: "mélancolique*, mélancolie, déçu*, déception, nostalgique*, nostalgie, découragé*, regret, regrette, "
                "regrets, désolé*, résigné*, maussade*, navré*",
        },
        "surprised": {
            1.2: "stupéfait*, stupéfaction, stupeur, abasourdi*, sidéré*, époustouflé*, choqué*, choc, bouche bée, "
                "sans voix, sous le choc, n'en croit pas, n'en crois pas, n'en revient pas, n'en reviens pas, "
                "estomaqué*, ahuri*, tombe des nues, ébahi*",
            1.0: "mon dieu, déjà là, tiens tiens, nom de dieu, toi ici, jamais je n'aurais, jamais cru, jamais "
                "imaginé, aurais jamais cru, tu plaisantes, sans blague, pas croyable, stupéfiant*, à l'improviste, "
                "vraiment ?, yeux ronds, subitement, surpris*, surprise*, étonné*, étonnement, étonnant*, s'étonne, "
                "incrédule*, incroyable*, interloqué*, ne s'y attendait pas, ne s'attendait pas, s'attendait pas, ne "
                "m'y attendais pas, pas possible, inattendu*, émerveillé*, ça alors, oh là là, oh la la, c'est pas "
                "vrai, n'y crois pas, n'y croit pas, ne peut pas le croire, ne peux pas le croire, peine à le croire, "
                "peine à y croire, yeux écarquillés de surprise, pris* au dépourvu, médusé*, renversant*, peux pas y "
                "croire, peut pas y croire, ouvre de grands yeux",
            0.65: "perplexe*, dérouté*, déconcerté*, confus*, sursaute",
        },
    },
    degrees={
        0.3: "à peine, presque pas",
        0.45: "un soupçon de, une pointe de, une touche de, vaguement, un brin, un zeste de",
        0.5: "un peu, un tout petit peu, légèrement, faiblement, léger, légère, doucement, discrètement, un petit peu",
        0.7: "plus ou moins, modérément, moyennement, quelque peu",
        0.9: "assez, plutôt",
        1.2: "très, vraiment, fort, profondément, beaucoup, vivement, fortement, tellement, si, profond, profonde, "
            "grand, grande, trop, plein de, pleine de, rempli de, remplie de",
        1.4: "que jamais, comme jamais, extrêmement, totalement, complètement, absolument, "
            "terriblement, incroyablement, follement, infiniment, immense, immensément, énormément, horriblement, au "
            "plus haut point, intensément, affreusement, violemment",
        1.15: "peine à cacher, peut à peine cacher, n'arrive pas à cacher, ne peut cacher, ne peut pas cacher, ne "
            "parvient pas à cacher, ne peut retenir, ne peut pas retenir, n'arrive pas à retenir, ne parvient pas à "
            "retenir, ne peut dissimuler, ne peut contenir, incapable de cacher, peine à contenir, peine à retenir",
        0.6: "cache sa, cache son, dissimule, retient, contient sa, réprime, essaie de cacher, tente de cacher, "
            "cherche à cacher",
    },
    denials={
        "clause": "ne, n', n'est, n'ai, n'a, n'es, n'étais, n'était, n'ont, n'y, n'éprouve, n'avait, n'exprime, "
            "n'aime, n'arrive, nullement",
        "after": "pas, jamais, aucun, aucune, sans, ni, point de",
    },
    contrasts="parce que, parce qu, car, mais, pourtant, cependant, plutôt que, au contraire, toutefois, puis, "
        "ensuite, tandis que, alors que, bien que",
    harmless="n'ai que, n'a que, n'avait que, n'éprouve que, pas seulement, non seulement, sans doute, sans cesse, "
        "sans arrêt, pas mal, en fête, jour de fête, peine de mort, à peine arrivé, content de l'emballage, rire "
        "jaune, menace de pluie, sans problème, n'importe*, sans plus attendre",
    muscles=(
        ("sourcils froncés, fronce … sourcils, froncement de sourcils, sourcils baissés, sourcils "
            "rapprochés", {"4": 0.95}),
        ("sourcils levés, sourcils haussés, lève … sourcils, hausse … sourcils, sourcils relevés, sourcils "
            "arqués", {"1": 0.8, "2": 0.9}),
        ("un sourcil levé, lève un sourcil, hausse un sourcil, un sourcil relevé, sourcil "
            "levé", {"2R": 1.0, "1": 0.25}),
        ("yeux écarquillés, écarquille … yeux, yeux grands ouverts, yeux grand ouverts, ouvre grand … "
            "yeux", {"5": 0.9}),
        ("yeux plissés, plisse … yeux, yeux mi-clos, yeux rétrécis, plissant … yeux", {"7": 0.85}),
        ("nez plissé, nez froncé, fronce … nez, plisse … nez, retrousse … nez", {"9": 0.9}),
        ("coins de la bouche relevés, commissures relevées, commissures des lèvres relevées, coins des lèvres "
            "relevés", {"12": 0.8}),
        ("coins de la bouche baissés, commissures baissées, commissures des lèvres baissées, coins des lèvres baissés, "
            "coins de la bouche vers le bas, coins de la bouche tombants, commissures tombantes", {"15": 0.85}),
        ("lèvres pincées, lèvres serrées, pince … lèvres, serre … lèvres, lèvres pressées", {"24": 0.8}),
        ("bouche ouverte, bouche grande ouverte, mâchoire tombante, mâchoire qui tombe, ouvre … bouche", {"26": 0.8}),
        ("dents serrées, serre … dents, mâchoire serrée, mâchoires serrées, serre … mâchoire", {"23": 0.5, "29": 0.3}),
        ("yeux fermés, ferme … yeux, paupières closes", {"43": 1.0}),
        ("regard baissé, baisse … yeux, yeux baissés, regarde le sol, baisse … regard", {"64": 0.55}),
        ("fait la moue, lèvres avancées, lèvres en avant", {"17": 0.6, "18": 0.6}),
        ("lèvre supérieure relevée, retrousse … lèvre, relève … lèvre supérieure", {"10": 0.8}),
    ),
)  # fmt: skip
"""Written for Style2Talker."""
