"""The short sentences by which recipients opt out in Portuguese, Spanish and English, as patterns of ``phrase``.

Each is a whole message that means nothing else. What a person should read is not among them: questions ("como faço
para sair?"), negations ("não quero sair"), and whatever is about an order, a subscription or a product.
"""

from hidra.domain.phrase import Patterns, compiler

_MESSAGES = """mensagem, mensagens, msg, msgs, as mensagens, essas mensagens, estas mensagens, suas mensagens, as msgs,
    as suas mensagens, essas msgs, suas msgs, esse tipo de mensagem, este tipo de mensagem, mensagens de voces,
    mensagens promocionais, mensagens de propaganda, mensagens de marketing, mensagens de promocoes, spam, propaganda,
    mensagens de promocao,
    propagandas, as propagandas, suas propagandas, essas propagandas, publicidade, contato, contatos, notificacoes"""
_PROMOTIONS = """promocao, promocoes, as promocoes, suas promocoes, essas promocoes, oferta, ofertas, suas ofertas,
    essas ofertas, anuncio, anuncios, divulgacao, divulgacoes, marketing, novidades, conteudo, conteudos"""
_NAMES = {
    # Portuguese. "preciso sair" and "vou sair" are no requests.
    "quero": "quero, eu quero, queria, eu queria, desejo, eu desejo, gostaria de, eu gostaria de, prefiro, so quero",
    "pode": """pode, podem, poderia, poderiam, voce pode, vc pode, voces podem, vcs podem, voce poderia, vc poderia,
        voces poderiam, vcs poderiam, tem como, teria como, da pra, da para, sera que pode, pode por favor, poderia por
        favor, quero que, queria que, gostaria que, peco que, quero pedir para, quero pedir pra, ja pedi para, ja pedi
        pra, eu ja pedi para, eu ja pedi pra""",
    "da_lista": """da lista, da sua lista, da lista de voces, da lista de vcs, desta lista, dessa lista, de sua lista,
        dessa sua lista, da lista de transmissao, desta lista de transmissao, dessa lista de transmissao, da sua lista
        de transmissao, da lista de envio, da lista de envios, da lista de contatos, da lista de mensagens, da sua
        lista de contatos, das listas, das suas listas, dessas listas, de todas as listas, da base, da sua base, da
        base de dados, do cadastro, do seu cadastro, dos seus contatos, dos contatos, da agenda, da sua agenda, das
        promocoes, dos disparos, do grupo, deste grupo, desse grupo""",
    "daqui": "daqui, dai, disso, disto",
    "tira": """tira, tire, tirem, tirar, tirarem, retira, retire, retirem, retirar, remove, remova, removam, remover,
        removerem, exclui, exclua, excluam, excluir, apaga, apague, apaguem, apagar, deleta, delete, deletem,
        deletar""",
    "descadastra": """descadastra, descadastre, descadastrem, descadastrar, remove, remova, removam, remover, exclui,
        exclua, excluam, excluir""",
    "meu_numero": """meu numero, meu contato, meu telefone, meu whatsapp, meu whats, meu zap, meu celular, esse numero,
        este numero, o meu numero, o meu contato, o meu telefone, o meu whatsapp, o meu celular""",
    "do_meu_numero": "do meu numero, do meu contato, do meu telefone, do meu nome, dos meus dados",
    "nao": "nao, n, naum",
    "mensagens": _MESSAGES,
    "promocoes": f"{_MESSAGES}, {_PROMOTIONS}",
    "nada": "nada, isso, isto, nada disso, nada de voces, essas coisas",
    "de_voces": """de voces, de vcs, de voce, de vc, suas, dessa empresa, desta empresa, dessa loja, desta loja, desse
        numero, deste numero, por aqui, aqui, no meu whatsapp, no whatsapp, no meu whats, no meu zap, no meu celular,
        no meu numero, no meu telefone, pelo whatsapp, por whatsapp, pra mim, para mim, assim, desse tipo, deste tipo,
        nesse numero, neste numero""",
    "manda": """mandar, enviar, mandarem, enviarem, me mandar, me enviar, me mandarem, me enviarem, mandar me, enviar
        me, ficar mandando, ficar enviando, ficar me mandando, ficar me enviando, me encher, me encher o saco""",
    "mande": "mande, mandem, manda, envie, enviem, envia, mandar, enviar",
    # Spanish.
    "quiero": "quiero, yo quiero, quisiera, deseo, me gustaria",
    "puede": """puede, puedes, pueden, podria, podrias, podrian, me puede, me puedes, me pueden, me podria, me podrias,
        me podrian, quiero que, quisiera que""",
    "mensajes": """mensaje, mensajes, estos mensajes, esos mensajes, sus mensajes, tus mensajes, los mensajes,
        publicidad, promociones, propaganda, propagandas, ofertas, notificaciones, spam, mensajes suyos, mensajes de
        ustedes""",
    "de_la_lista": """de la lista, de su lista, de tu lista, de esta lista, de esa lista, de sus listas, de tus listas,
        de la lista de difusion, de su base de datos, de la base de datos, de sus contactos, del grupo""",
    "borra": """borra, borre, borren, borrar, elimina, elimine, eliminen, eliminar, saca, saque, saquen, sacar, quita,
        quite, quiten, quitar, remueva, remuevan, remover""",
    "borrame": "borrame, borreme, borrenme, borrarme, eliminame, elimineme, eliminenme, eliminarme",
    "sacame": "sacame, saqueme, saquenme, sacarme, quitame, quiteme, quitenme, quitarme, remuevame, remuevanme",
    "envie": "envie, envien, envies, enviar, mande, manden, mandes, mandar, escriba, escriban, escribas",
    # English.
    "want": "i want to, i would like to, i'd like to, i wish to, id like to, i wanna",
    "can": """can you, could you, would you, can you please, could you please, would you please, i want you to, please
        can you, please could you""",
    "messages": """message, messages, text, texts, msgs, these messages, those messages, these texts, your messages,
        the messages, promotions, your promotions, ads, spam, marketing messages, promotional messages,
        notifications""",
    "the_list": """the list, your list, this list, your lists, the mailing list, your mailing list, this mailing list,
        the contact list, your contact list, your contacts, your database""",
    "anymore": "anymore, any more, again, ever again, ever",
}
_pattern = compiler(_NAMES)

# A question mark behind one of them is ignored, as behind the user's own words.
_WORDS = (
    "pare|parem|descadastro|descadastre-se|desinscrever ??",
    "salir|baja|darse_de_baja|dar_de_baja|desuscribir|desuscribirme|desuscribirse|detener ??",
    "unsubscribe|stopall|stop_all|optout|opt_out|quit ??",
    # The titles of Meta's own opt-out button.
    "parar_promocoes|stop_promotions ??",
)
# What may follow "pode" or "can you", and may then be written with a question mark.
_DEMANDS = (
    "me <tira> ai? <da_lista>",
    "tirar|remover|excluir|retirar <da_lista>",
    "<tira> me|eu|a_mim <da_lista>",
    "me <tira> <daqui>",
    "me <descadastra>",
    "<descadastra> me|eu",
    "<tira> <meu_numero> <da_lista>?",
    "<tira> <meu_numero> <daqui>",
    "<tira> meu_nome|o_meu_nome <da_lista>",
    "descadastrar|descadastre|descadastra <meu_numero>?",
    "<tira> o? meu_cadastro",
    "cancelar|cancela|cancele|cancelem o? meu_cadastro",
    "parar|parem|pare|para|deixar|deixem|deixe de <manda> <promocoes>? <de_voces>?",
    "parar|parem|pare|para|deixar|deixem|deixe de <manda> <nada>",
    "parar|parem|pare|para com <promocoes>|isso|isto <de_voces>?",
    "<nao> me? <mande> mais? <promocoes> <de_voces>?",
    "<nao> me? <mande> mais <nada>? <de_voces>?",
    "<nao> me <mande> nada <de_voces>?",
    "<borrame> <de_la_lista>?",
    "<sacame> <de_la_lista>",
    "me <borra> <de_la_lista>",
    "<borra> mi_numero|mi_contacto|mi_telefono <de_la_lista>?",
    "darme|dame|deme|denme|dar de_baja <de_la_lista>?",
    "dejar|deja|deje|dejen|parar|para|paren de enviar|enviarme|mandar|mandarme <mensajes>?",
    "dejar|deja|deje|dejen|parar|para|paren de escribirme|molestar|molestarme",
    "ya? no me? <envie> mas? <mensajes>",
    "ya? no me <envie> mas nada?",
    "remove|delete|take me|my_number|this_number from|off|off_of <the_list>",
    "remove|unsubscribe|delete me|my_number|this_number",
    "take me off",
    "opt me out",
    "stop sending|texting|messaging|contacting|spamming me? <messages>? <anymore>?",
)
_STATEMENTS = (
    "<quero> sair|parar|salir <da_lista>?",
    "sair|salir|parar <da_lista>",
    "<quero> me? descadastrar|desinscrever|desinscrever-me <meu_numero>? <da_lista>?",
    "<quero> <tira> <meu_numero> <da_lista>?",
    "<quero> cancelar|excluir|remover|apagar o? meu_cadastro",
    "<quero> me remover|excluir <da_lista>?",
    "<quero> ser removido|removida|retirado|retirada|excluido|excluida|descadastrado|descadastrada <da_lista>?",
    "<quero>? optar_por_sair",
    "<quero>? parar|deixar de receber <promocoes>? <de_voces>?",
    "<quero>? parar|deixar de receber <nada> <de_voces>?",
    "eu? ja? <nao> quero|desejo|aceito|autorizo|gostaria_de|queria mais receber <promocoes>? <de_voces>?",
    "eu? ja? <nao> quero|desejo|aceito|autorizo|gostaria_de|queria mais receber <nada> <de_voces>?",
    "eu? ja? <nao> quero|desejo|aceito|autorizo|gostaria_de|queria receber mais? <promocoes> <de_voces>?",
    "eu? ja? <nao> quero|desejo|aceito|autorizo|gostaria_de|queria receber mais nada? <de_voces>?",
    "eu? ja? <nao> quero|desejo|aceito|autorizo|gostaria_de|queria receber nada <de_voces>?",
    "eu? ja? <nao> quero|desejo|aceito|autorizo <mensagens> <de_voces>?",
    "eu? ja? <nao> quero|desejo|aceito|autorizo mais <promocoes> <de_voces>?",
    "eu? ja? <nao> quero|desejo mais? ser contatado|contatada|incomodado|incomodada",
    "<quero>? <nao> receber mais? <promocoes>? <de_voces>?",
    "<nao> tenho mais? interesse em_receber <promocoes> <de_voces>?",
    "<nao> autorizo o? envio de <promocoes>",
    "<nao>|sem mais <promocoes>",
    "chega|basta de <promocoes>",
    "parar|pare|parem as|os|essas? <promocoes> <de_voces>?",
    "<quero>? cancelar <mensagens>",
    "<quero>? cancelar o? envio|recebimento de <promocoes>",
    "<quero>? cancelar o? recebimento",
    "parar_de_enviar|cancelar_inscricao",
    "solicito|peco|quero a|o? remocao|exclusao|retirada|descadastramento|descadastro <do_meu_numero>? <da_lista>?",
    "me deixa|deixe|deixem em_paz",
    "<nao> me perturbe|perturbem|perturba|incomode|incomodem|incomoda mais?",
    "<nao> me contate|contatem|procure|procurem|chame|chamem mais",
    "<nao> entre|entrem mais em_contato comigo?",
    "<quiero> salir|parar <de_la_lista>?",
    "salir <de_la_lista>",
    "<quiero> desuscribirme|dar_de_baja|darme_de_baja <de_la_lista>?",
    "<quiero>? dejar|parar de recibir <mensajes>?",
    "yo? ya? no quiero|deseo|quisiera recibir mas <mensajes>?",
    "yo? ya? no quiero|deseo|quisiera recibir <mensajes> mas?",
    "yo? ya? no quiero|deseo seguir_recibiendo <mensajes>?",
    "yo? ya? no quiero|deseo mas <mensajes>",
    "yo? ya? no quiero|deseo mensajes|publicidad|propaganda|spam",
    "no mas <mensajes>",
    "no me? contacten|contacte|contactes|molesten|moleste|molestes|molestar mas?",
    "cancelar|parar|paren los? <mensajes>",
    "yo? ya? no quiero|deseo|quisiera recibir nada",
    "<want> unsubscribe|opt_out|stop <messages>?",
    "<want> unsubscribe|opt_out from <the_list>",
    "i_want_out",
    "unsubscribe from <the_list>",
    "stop <messages>",
    "stop this|it",
    "no more <messages>",
    "i? don't|dont|do_not want to_receive|to_get|receive? any? more? <messages> from_you? <anymore>?",
    "i? no_longer want|wish to? receive <messages>",
    "don't|dont|do_not text|message|contact|write me <anymore>?",
    "don't|dont|do_not send me? any? more? <messages> <anymore>?",
    "leave_me_alone",
)
REQUESTS = Patterns(
    _pattern(text)
    for text in (*_WORDS, *_DEMANDS, *_STATEMENTS, *(f"<pode>|<puede>|<can> {demand} ??" for demand in _DEMANDS))
)
# What stands beside a request and changes nothing, with a question mark where people write one ("tudo bem?").
COURTESY = Patterns(
    _pattern(text)
    for text in (
        "por_favor|favor|porfavor|pfv|pfvr|pfvo|pf|por_gentileza|gentileza|porfa|por_fa|please|pls|plz ??",
        "muito? obrigado|obrigada|obg|obgd|obgda|obgado|brigado|brigada|agradecido|agradecida a|o?",
        "desde_ja? agradeco|grato|grata|valeu|vlw|atenciosamente|att|abs|abraco|abracos|desde_ja",
        "muchas? gracias",
        "thank_you|thanks|thx|ty|thank_u|many_thanks so_much|very_much|a_lot?",
        "com_licenca|desculpe|desculpa|desculpem|me_desculpe|me_desculpem|sorry|perdao|perdon|disculpe|disculpa",
        "oi|ola|opa|oie|hola|hi|hello|hey|alo gente|pessoal|amigo|amiga|amigos|moco|moca|senhor|senhora? ??",
        "bom_dia|boa_tarde|boa_noite|buenos_dias|buenas_tardes|buenas_noches|buenas ??",
        "good_morning|good_afternoon|good_evening ??",
        "tudo_bem|tudo_bom|td_bem|td_bom|como_vai|que_tal|como_estas ??",
        "ok|okay|blz|beleza|entao|ta|ta_bom|certo|ta_ok|pode_ser|sim|si|yes ??",
        "nao_tenho mais? interesse",
        "nao_obrigado|nao_obrigada|no_gracias|no_thanks|no_thank_you|mas|pero|but",
        "nao_me_interessa|sem_interesse|no_me_interesa|not_interested|numero_errado",
        "nao_conheco voces|vcs?",
        "nao_sou_cliente",
        "quem_e ??",
    )
)
# The same behind a request only: "sair, não quero mais", but not "não quero mais sair".
BEHIND = Patterns(map(_pattern, ("nao_quero_mais nada?", "imediatamente|urgente|now|ai", "e|y|and")))
